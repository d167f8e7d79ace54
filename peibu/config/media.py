"""Where the files of courses lie: a folder of this machine, or a store that speaks S3 (requirements/s3.txt)."""

from environ import Env


def course_storage(env: Env) -> dict:
    """The entry of STORAGES: the folder of all files (PEIBU_COURSE_DIR: another one). PEIBU_S3_BUCKET switches to S3; nothing there is public, links are signed and short."""
    bucket = env("PEIBU_S3_BUCKET", default="")
    if not bucket:
        folder = {"location": env("PEIBU_COURSE_DIR")} if env("PEIBU_COURSE_DIR", default="") else {}
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"base_url": None, **folder}}
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": env("PEIBU_S3_URL", default=None),
            "access_key": env("PEIBU_S3_KEY", default=None),
            "secret_key": env("PEIBU_S3_SECRET", default=None),
            "default_acl": "private",
            "querystring_auth": True,
            "querystring_expire": 900,
            "file_overwrite": False,
            "signature_version": "s3v4",
        },
    }


def media_origins(env: Env) -> list[str]:
    """From where videos may play beside this site: the address of the store, if there is one."""
    address = env("PEIBU_S3_URL", default="") if env("PEIBU_S3_BUCKET", default="") else ""
    return [address] if address else []
