"""The whole map of addresses of one instance."""

from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("eoffice.desk.urls")),
    path("", include("eoffice.core.urls")),
    path("", include("employee_master.urls")),
    path("", include("signatures.urls")),
    path("dak/", include("dak.urls")),
    path("files/", include("files.urls")),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include("eoffice.demo.urls")))
