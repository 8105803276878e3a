from django.urls import path

from signatures import views, views_credential

app_name = "signatures"
urlpatterns = [
    path("verify/", views.verify, name="verify"),
    path("verify/look-up/", views.look_up, name="look_up"),
    path("v/<str:reference>/", views.reference, name="reference"),
    path("v/<str:reference>", views.reference, name="reference_short"),
    path("signature/", views_credential.mine, name="mine"),
    path("signature/request/", views_credential.request_credential, name="request"),
    path("signature/activate/", views_credential.activate, name="activate"),
    path("signature/requests/", views_credential.requests, name="requests"),
    path("signature/requests/<int:pk>/approve/", views_credential.approve, name="approve"),
    path("signature/requests/<int:pk>/resume/", views_credential.resume, name="resume"),
    path("signature/requests/<int:pk>/retire/", views_credential.retire, name="retire"),
]
