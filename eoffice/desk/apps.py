from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "eoffice.desk"
    label = "desk"
