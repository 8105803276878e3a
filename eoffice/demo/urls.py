"""Addresses of the demo; included in the demo profile alone."""

from django.urls import path

from eoffice.demo import views

app_name = "demo"

urlpatterns = [
    path("", views.start, name="start"),
    path("enter/", views.enter, name="enter"),
    path("staff-sheet/", views.sheet, name="staff_sheet"),
    path("mail/", views.mail_list, name="mail"),
    path("mail/<str:name>/", views.mail_detail, name="mail_detail"),
    path("mail/<str:name>/<int:number>/", views.mail_attachment, name="mail_attachment"),
]
