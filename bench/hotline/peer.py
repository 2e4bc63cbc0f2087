"""django-helpdesk 2.6.1 in an environment of its own: installed once, its database made anew for each run.

Its users sign in by HTTP Basic with the cheapest password hash that Django has, so that hashing is not what
is measured.
"""

import subprocess
import sys
from pathlib import Path

VERSION = "2.6.1"
PACKAGES = (
    f"django-helpdesk=={VERSION}", "django-bootstrap4-form", "packaging", "gunicorn", "psycopg2-binary",
)  # fmt: skip
OPERATORS = 6
PASSWORD = "bench"

SETTINGS = """
import os
from urllib.parse import parse_qs, urlsplit
_at = urlsplit(os.environ["BENCH_DATABASE_URL"])
_more = parse_qs(_at.query)
DATABASES = {"default": {
    "ENGINE": "django.db.backends.postgresql", "NAME": _at.path.lstrip("/"), "USER": _at.username,
    "PASSWORD": _at.password or "", "HOST": _more.get("host", [_at.hostname or ""])[0],
    "PORT": _more.get("port", [_at.port or ""])[0], "CONN_MAX_AGE": 600,
}}
SECRET_KEY = "bench"
DEBUG = False
ALLOWED_HOSTS = ["*"]
USE_TZ = True
ROOT_URLCONF = "bench_urls"
INSTALLED_APPS = [
    "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.sites",
    "django.contrib.humanize", "django.contrib.messages", "django.contrib.staticfiles", "django.contrib.admin",
    "bootstrap4form", "helpdesk", "rest_framework",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": {
    "context_processors": ["django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages"]}}]
SITE_ID = 1
STATIC_URL = "/static/"
MEDIA_ROOT = os.environ["BENCH_MEDIA"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
HELPDESK_ACTIVATE_API_ENDPOINT = True
HELPDESK_TEAMS_MODE_ENABLED = False
LOGGING_CONFIG = None
"""
URLS = """
from django.contrib import admin
from django.urls import include, path
urlpatterns = [path("", include("helpdesk.urls")), path("admin/", admin.site.urls)]
"""
SEED = f"""
import django
django.setup()
from django.contrib.auth import get_user_model
from helpdesk.models import Queue
Queue.objects.create(title="hotline", slug="hotline")
for number in range({OPERATORS}):
    get_user_model().objects.create_superuser(f"operator{{number}}", f"o{{number}}@example.org", "{PASSWORD}")
"""


def install(folder: Path) -> Path | None:
    """The peer's Python, installed on first use; None where its packages cannot be had."""
    python = folder / "bin" / "python"
    if not (folder / "installed").exists():
        print(f"Installing django-helpdesk {VERSION} in {folder} ...", file=sys.stderr)
        folder.mkdir(parents=True, exist_ok=True)
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        made = subprocess.run([sys.executable, "-m", "venv", str(folder)], check=False, **quiet)
        pip = [str(python), "-m", "pip", "install", "--quiet", *PACKAGES]
        if made.returncode or subprocess.run(pip, check=False, **quiet).returncode:
            print("django-helpdesk could not be installed; measuring without it", file=sys.stderr)
            return None
        (folder / "installed").touch()
    return python


def prepare(python: Path, folder: Path, environment: dict[str, str]) -> None:
    """Its settings, tables, queue and operators."""
    (folder / "bench_settings.py").write_text(SETTINGS)
    (folder / "bench_urls.py").write_text(URLS)
    for command in (["-m", "django", "migrate", "--verbosity", "0"], ["-c", SEED]):
        subprocess.run([str(python), *command], check=True, cwd=folder, env=environment, stdout=sys.stderr)


def environment_of(folder: Path, environment: dict[str, str], database_url: str) -> dict[str, str]:
    """What its process is told."""
    return {
        **environment,
        "PYTHONPATH": str(folder),
        "DJANGO_SETTINGS_MODULE": "bench_settings",
        "BENCH_DATABASE_URL": database_url,
        "BENCH_MEDIA": str(folder / "media"),
    }


def command(python: Path, port: int) -> list[str]:
    """The same server as ours."""
    return [
        str(python), "-m", "gunicorn", "django.core.wsgi:get_wsgi_application()", "--bind", f"127.0.0.1:{port}",
        "--worker-class", "gthread", "--workers", "1", "--threads", "4", "--keep-alive", "30",
        "--no-control-socket", "--timeout", "300", "--log-level", "warning",
    ]  # fmt: skip
