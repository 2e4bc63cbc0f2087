"""Who there is: subjects, what is known of them, their accounts, for whom they act, where they are signed in."""

from sqlalchemy import ARRAY, Column, Integer, Text, Uuid

from services.database.tables import Spread, digest, id_key, instant, sealed, subject_key, table, words
from services.gateway.models.schema import metadata

subjects = table(
    "subjects",
    metadata,
    Spread.SUBJECT,
    id_key(),
    words("kind"),  # resident, legal_person, staff, service_account, anonymous
    instant("created_at"),
    instant("shredded_at", nullable=True),
)

residents = table(
    "residents",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    sealed("name_sealed"),
    sealed("id_number_sealed"),
    sealed("phone_sealed", nullable=True),
    sealed("email_sealed", nullable=True),
    sealed("born_on_sealed"),  # ISO date; a birth date is personal data like the number it comes from
    instant("created_at"),
)

staff = table(
    "staff",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    sealed("name_sealed"),
    words("unit"),  # code of the department, clinic, biller or desk
    Column(
        "roles", ARRAY(Text), nullable=False
    ),  # operator, officer, supervisor, practitioner, biller, admin
    instant("created_at"),
    instant("ended_at", nullable=True),
)

accounts = table(
    "accounts",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    words("kind"),  # resident or staff
    words("password_hash"),
    sealed("totp_sealed", nullable=True),
    Column("totp_last_step", Integer, nullable=True),  # the last time step spent: a code works once
    words("language", nullable=True),
    instant("created_at"),
    instant("ended_at", nullable=True),
)

# Uniqueness over the whole city: who signs in under this ID number, phone or staff user name.
usernames = table(
    "usernames",
    metadata,
    Spread.LOCAL,
    digest("digest", primary_key=True),
    words("kind"),  # id_number, phone, username
    Column("subject_id", Uuid, nullable=False),
)

# For whom an account may act: a guardian for a child, a carer with an end.
relations = table(
    "relations",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    id_key(),
    Column("for_subject_id", Uuid, nullable=False),
    words("relation"),  # guardian or carer
    instant("starts_at"),
    instant("ends_at", nullable=True),
    Column("state", Text, nullable=False, server_default="standing"),  # offered, standing, declined, ended
    Column("services", ARRAY(Text), nullable=True),  # packages a carer may work in; None for a guardian: all
    sealed("name_sealed", nullable=True),  # the carer's name as typed, under the key of whom it is about
    instant("decided_at", nullable=True),
)

sessions = table(
    "sessions",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    id_key(),
    words("acr"),
    Column("amr", ARRAY(Text), nullable=False, server_default="{}"),  # RFC 8176 names of what was shown
    instant("auth_time"),
    instant("started_at"),
    instant("expires_at"),
    instant("ended_at", nullable=True),
    sealed("origin_sealed", nullable=True),  # kind of browser and shortened address, under the account's key
    instant("seen_at", nullable=True),  # to the hour
)

# Browsers in which an account has signed in before: others' failures never keep them out.
known_devices = table(
    "known_devices",
    metadata,
    Spread.SUBJECT,
    subject_key(),
    id_key(),
    instant("seen_at"),
)
