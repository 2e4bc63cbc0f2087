"""What is read of a row to show it."""

from health_file.models import resources

# Neither labels nor days: those are for conditions, and an array is dear to read.
SHOWN = tuple(
    resources.c[name]
    for name in (
        "subject_id", "id", "version", "type", "author", "is_current", "is_deleted", "body_sealed", "recorded_at",
    )
)  # fmt: skip
