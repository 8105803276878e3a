from django.urls import path

from eoffice.core import views

urlpatterns = [path("healthz", views.healthz, name="healthz")]
