from django.urls import path

from signatures import views

app_name = "signatures"
urlpatterns = [
    path("verify/", views.verify, name="verify"),
    path("verify/look-up/", views.look_up, name="look_up"),
    path("v/<str:reference>/", views.reference, name="reference"),
    path("v/<str:reference>", views.reference, name="reference_short"),
    path("signature/", views.mine, name="mine"),
    path("signature/request/", views.request_credential, name="request"),
    path("signature/activate/", views.activate, name="activate"),
    path("signature/requests/", views.requests, name="requests"),
    path("signature/requests/<int:pk>/approve/", views.approve, name="approve"),
    path("signature/requests/<int:pk>/resume/", views.resume, name="resume"),
    path("signature/requests/<int:pk>/retire/", views.retire, name="retire"),
]
