"""The query that the peer and the floor send: the 12 newest bills of a resident, and one to know of more."""

LIST = (
    "SELECT id, account_id, biller, number, period_from, period_to, issued_on, due_on, usage, unit, amount_minor, "
    "currency, state, paid_minor, paid_on, account_number_sealed, service_address_sealed FROM ebills.bills "
    "WHERE subject_id = %s ORDER BY issued_on DESC, id DESC LIMIT 13"
)
