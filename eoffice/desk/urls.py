from django.urls import path

from eoffice.desk import help as help_pages
from eoffice.desk import views

app_name = "desk"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("awaiting/", views.awaiting, name="awaiting"),
    path("parked/", views.parked, name="parked"),
    path("search/", views.search, name="search"),
    path("audit/", views.audit, name="audit"),
    path("help/", help_pages.index, name="help_index"),
    path("help/<slug:slug>/", help_pages.topic, name="help"),
]
