from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "eoffice.core"
    label = "core"
