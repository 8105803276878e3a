"""Addresses of the registry: one for each act."""

from django.urls import path

from dak.views import dispatch, new, receipt, send

app_name = "dak"

urlpatterns = [
    path("new/", new.new, name="new"),
    path("new/preview/", new.preview, name="preview"),
    path("new/page/<str:stored>/<int:page>/", new.preview_page, name="preview_page"),
    path("diary/", receipt.diary, name="diary"),
    path("receipts/<int:pk>/", receipt.receipt, name="receipt"),
    path("receipts/<int:pk>/check/<int:part>/", receipt.check, name="check"),
    path("receipts/<int:pk>/page/<int:page>/<int:width>/", receipt.page_image, name="page_image"),
    path("receipts/<int:pk>/original/<int:part>/", receipt.original, name="original"),
    path("receipts/<int:pk>/acknowledge/", receipt.acknowledge, name="acknowledge"),
    path("receipts/<int:pk>/acknowledgement/", receipt.acknowledgement, name="acknowledgement"),
    path("receipts/<int:pk>/dispose/", receipt.dispose, name="dispose"),
    path("receipts/<int:pk>/reopen/", receipt.reopen, name="reopen"),
    path("copies/<int:pk>/mark/", send.mark, name="mark"),
    path("copies/<int:pk>/forward/", send.forward, name="forward"),
    path("copies/<int:pk>/return/", send.send_back, name="return"),
    path("copies/<int:pk>/pull-back/", send.pull_back, name="pull_back"),
    path("copies/<int:pk>/note/", send.note, name="note"),
    path("dispatch/", dispatch.register, name="dispatch_register"),
    path("dispatch/<int:pk>/", dispatch.dispatch, name="dispatch"),
    path("dispatch/<int:pk>/letter.pdf", dispatch.letter, name="dispatch_letter"),
    path("dispatch/<int:pk>/page/<int:page>/", dispatch.page_image, name="dispatch_page"),
    path("dispatch/<int:pk>/print/", dispatch.printed, name="dispatch_print"),
    path("dispatch/<int:pk>/send/", dispatch.sent, name="dispatch_send"),
    path("dispatch/<int:pk>/deliver/", dispatch.delivered, name="dispatch_deliver"),
    path("dispatch/<int:pk>/undelivered/", dispatch.undelivered, name="dispatch_undelivered"),
]
