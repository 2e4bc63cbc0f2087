"""Alembic's entry: one transaction per migration, on the connection that services.database.migrate holds."""

from alembic import context

from services.database.migrate import VERSION_TABLE


def run() -> None:
    """Run the migrations; only online, never as a script from elsewhere."""
    connection = context.config.attributes["connection"]
    report = context.config.attributes.get("report")

    def told(*, step: object, **_: object) -> None:
        if report is not None:
            report(f"migration {step}")

    context.configure(
        connection=connection,
        version_table=VERSION_TABLE,
        transaction_per_migration=True,
        on_version_apply=(told,),
    )
    with context.begin_transaction():
        context.run_migrations()


run()
