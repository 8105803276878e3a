from django.apps import AppConfig

from eoffice.ledger import guards


class SignaturesConfig(AppConfig):
    name = "signatures"

    def ready(self) -> None:
        guards.append_only(
            "signatures_seal", "signatures_sealedhead", "signatures_signedrevision", "signatures_signinganswer"
        )
        # Models are loaded now; handlers and the port may be registered.
        from signatures import jobs  # noqa: PLC0415

        jobs.register()
