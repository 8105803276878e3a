from django.apps import AppConfig

from eoffice.ledger import guards


class SignaturesConfig(AppConfig):
    name = "signatures"

    def ready(self) -> None:
        guards.append_only(
            "signatures_seal", "signatures_sealedhead", "signatures_signedrevision", "signatures_signinganswer"
        )
        # Models are loaded now; handlers and the port may be registered.
        from signatures import checks, jobs  # noqa: F401, PLC0415 - checks register themselves

        jobs.register()
