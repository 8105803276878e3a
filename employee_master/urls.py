"""Addresses of the employee master."""

from django.urls import path

from employee_master.views import account, again, directory, factor, review, role, session

app_name = "employee_master"

urlpatterns = [
    path("sign-in/", session.sign_in, name="sign_in"),
    path("sign-out/", session.sign_out, name="sign_out"),
    path("acting/", session.switch_charge, name="switch_charge"),
    path("people/", directory.people, name="people"),
    # accounts, second factor, roles, access review
    path("sign-in/code/", factor.ask, name="factor_ask"),
    path("forgot/", account.forgot, name="account_forgot"),
    path("password/", account.link, name="account_link"),
    path("account/", account.mine, name="account"),
    path("account/again/", again.again, name="account_again"),
    path("account/password/", account.password, name="account_password"),
    path("account/sessions/end/", account.end_other_sessions, name="sessions_end"),
    path("account/sessions/<int:pk>/end/", account.end_session, name="session_end"),
    path("account/factor/", factor.state, name="factor"),
    path("account/factor/begin/", factor.begin, name="factor_begin"),
    path("account/factor/set-up/", factor.set_up, name="factor_set_up"),
    path("account/factor/codes/", factor.codes, name="factor_codes"),
    path("accounts/", account.accounts, name="accounts"),
    path("accounts/office/<int:office_id>/invite/", account.invite_all, name="accounts_invite"),
    path("accounts/<int:pk>/invite/", account.invite, name="account_invite"),
    path("accounts/<int:pk>/reset-factor/", factor.reset, name="factor_reset"),
    path("accounts/<int:pk>/close/", account.close, name="account_close"),
    path("accounts/<int:pk>/reopen/", account.reopen, name="account_reopen"),
    path("roles/", role.roles, name="roles"),
    path("roles/grant/", role.grant, name="role_grant"),
    path("roles/propose/", role.propose, name="role_propose"),
    path("roles/proposals/<int:pk>/confirm/", role.confirm, name="role_confirm"),
    path("roles/proposals/<int:pk>/withdraw/", role.withdraw, name="role_withdraw"),
    path("roles/<int:pk>/revoke/", role.revoke, name="role_revoke"),
    path("roles/export/<str:kind>/", role.export_roles, name="roles_export"),
    path("reviews/", review.reviews, name="reviews"),
    path("reviews/<int:office_id>/", review.review, name="review"),
    path("reviews/<int:office_id>/record/", review.record, name="review_record"),
    path("reviews/<int:office_id>/export/<str:kind>/", review.export_review, name="review_export"),
]
