from django.urls import path

from signatures import views, views_agent, views_agent_api, views_credential

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
    path("signature/agents/", views_agent.agents, name="agents"),
    path("signature/agents/code/", views_agent.agent_code, name="agent_code"),
    path("signature/agents/<uuid:agent>/unpair/", views_agent.unpair, name="agent_unpair"),
    path("signature/errands/", views_agent.ask, name="errand_ask"),
    path("signature/errands/<uuid:errand>/", views_agent.errand, name="errand"),
    path("signature/errands/<uuid:errand>/withdraw/", views_agent.withdraw, name="errand_withdraw"),
    path("agent/v1/pair", views_agent_api.pair, name="api_pair"),
    path("agent/v1/errands", views_agent_api.waiting, name="api_errands"),
    path("agent/v1/papers/<uuid:attempt>", views_agent_api.paper, name="api_paper"),
    path("agent/v1/errands/<uuid:errand>/answers", views_agent_api.answers, name="api_answers"),
    path("agent/v1/errands/<uuid:errand>/report", views_agent_api.report, name="api_report"),
    path("agent/v1/credential", views_agent_api.credential, name="api_credential"),
    path("agent/v1/unpair", views_agent_api.unpair, name="api_unpair"),
]
