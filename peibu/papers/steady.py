"""One signer for many files: what is the same in every signature is put together once.

A detached PAdES signature holds the certificates, the algorithms and a few signed attributes; from file to file only the
digest of the file and the signature over the attributes differ. Building all of it anew took two thirds of the time.
"""

from asn1crypto import cms
from pyhanko.sign.signers import Signer

# Attributes that say the same in every file, and the one that is set anew. With any other nothing is reused.
STEADY = {"content_type", "signing_certificate_v2", "cms_algorithm_protection"}
DIGEST = "message_digest"


class SteadySigner(Signer):
    """Signs with the key of another signer. Only for signatures without a time stamp: those differ in more."""

    def __init__(self, key: Signer) -> None:
        super().__init__(
            prefer_pss=key.prefer_pss,
            embed_roots=key.embed_roots,
            signature_mechanism=key.signature_mechanism,
            signing_cert=key.signing_cert,
            cert_registry=key.cert_registry,
            attribute_certs=key.attribute_certs,
        )
        self._key = key
        self._models: dict[str, bytes] = {}

    def get_signature_mechanism_for_digest(self, digest_algorithm):
        return self._key.get_signature_mechanism_for_digest(digest_algorithm)

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        return await self._key.async_sign_raw(data, digest_algorithm, dry_run)

    async def async_sign(self, data_digest: bytes, digest_algorithm: str, dry_run: bool = False, **rest):
        """As in pyHanko; the first signature is pyHanko's own, the next are made from it."""
        model = None if dry_run or rest.get("timestamper") is not None else self._models.get(digest_algorithm)
        if model is not None:
            return await self._again(model, data_digest, digest_algorithm)
        made = await super().async_sign(data_digest, digest_algorithm, dry_run, **rest)
        if not dry_run and _can_be_a_model(made):
            self._models[digest_algorithm] = made.dump()
        return made

    async def _again(self, model: bytes, data_digest: bytes, digest_algorithm: str) -> cms.ContentInfo:
        made = cms.ContentInfo.load(model)
        [signer] = made["content"]["signer_infos"]
        attributes = signer["signed_attrs"]
        [digest] = [one for one in attributes if one["type"].native == DIGEST]
        digest["values"] = [data_digest]
        signed = attributes.untag().dump(force=False)
        signer["signed_attrs"] = attributes
        signer["signature"] = await self.async_sign_raw(signed, digest_algorithm)
        return made


def _can_be_a_model(made: cms.ContentInfo) -> bool:
    [signer] = made["content"]["signer_infos"]
    named = {one["type"].native for one in signer["signed_attrs"]}
    return DIGEST in named and named <= STEADY | {DIGEST} and not signer["unsigned_attrs"]
