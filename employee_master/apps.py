from django.apps import AppConfig


class EmployeeMasterConfig(AppConfig):
    name = "employee_master"
