"""Keys are made where something is signed, never where something is read."""

import pytest

from peibu.accounts.models import Unit
from peibu.gateways.seal import SealUnavailable, credential_key_pem, make_credential_key
from peibu.training.seals import prepare_credentials


def test_reading_the_key_makes_none(tmp_path):
    with pytest.raises(SealUnavailable, match="还没有电子凭证的签名密钥"):
        credential_key_pem(tmp_path)
    assert list(tmp_path.iterdir()) == []
    make_credential_key(tmp_path)
    first = credential_key_pem(tmp_path)
    make_credential_key(tmp_path)
    assert credential_key_pem(tmp_path) == first
    assert (tmp_path / "credential.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.django_db
def test_a_strangers_look_at_the_public_key_leaves_the_disk_alone(city, client, settings, tmp_path):
    folder = tmp_path / "seal"
    settings.SEAL = {**settings.SEAL, "kind": "test", "folder": folder, "password": "geheim"}
    unit = Unit.objects.filter(kind="hrss").select_related("division").order_by("pk").first()
    here = f"/issuers/{unit.division.code}/did.json"
    assert client.get(here).status_code == 404
    assert not folder.exists()
    prepare_credentials()
    assert client.get(here).status_code == 200
