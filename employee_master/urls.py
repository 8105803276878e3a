"""Addresses of the employee master."""

from django.urls import path

from employee_master.views import directory, session

app_name = "employee_master"

urlpatterns = [
    path("sign-in/", session.sign_in, name="sign_in"),
    path("sign-out/", session.sign_out, name="sign_out"),
    path("acting/", session.switch_charge, name="switch_charge"),
    path("people/", directory.people, name="people"),
]
