from django.urls import path

from eoffice.desk import views

app_name = "desk"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("awaiting/", views.awaiting, name="awaiting"),
    path("parked/", views.parked, name="parked"),
    path("search/", views.search, name="search"),
    path("audit/", views.audit, name="audit"),
]
