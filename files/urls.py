from django.urls import path

from files.views import decision, draft, file, note, paper, practice

app_name = "files"
urlpatterns = [
    path("", file.file_list, name="list"),
    path("open/", file.file_new, name="open"),
    path("practice/", practice.practice, name="practice"),
    path("practice/open/", practice.practice_new, name="practice_open"),
    path("open/for-receipt/<int:copy_id>/", file.file_new_for_receipt, name="open_for_receipt"),
    path("<int:file_id>/", file.detail, name="detail"),
    path("<int:file_id>/history/", file.history, name="history"),
    path("<int:file_id>/forward/", file.forward, name="forward"),
    path("<int:file_id>/return/", file.return_, name="return"),
    path("<int:file_id>/pull-back/", file.pull_back, name="pull_back"),
    path("<int:file_id>/park/", file.park, name="park"),
    path("<int:file_id>/resume/", file.resume, name="resume"),
    path("<int:file_id>/brief/", file.brief, name="brief"),
    path("<int:file_id>/note/", note.save, name="note_save"),
    path("<int:file_id>/notes.pdf", note.print_notes, name="print_notes"),
    path("<int:file_id>/papers/add/", paper.add, name="paper_add"),
    path("<int:file_id>/papers/<int:serial>/<int:page>/<int:width>.webp", paper.page_image, name="page_image"),
    path("<int:file_id>/papers/<int:serial>/download/", paper.download, name="paper_download"),
    path("<int:file_id>/papers/<int:serial>/dispose/", paper.dispose, name="dispose"),
    path("<int:file_id>/drafts/new/", draft.new, name="draft_new"),
    path("drafts/<int:draft_id>/", draft.detail, name="draft"),
    path("drafts/<int:draft_id>/correct/", draft.correct, name="draft_correct"),
    path("drafts/<int:draft_id>/cancel/", draft.cancel, name="draft_cancel"),
    path("drafts/<int:draft_id>/issue/", draft.issue, name="draft_issue"),
    path("drafts/<int:draft_id>/letter.pdf", draft.letter_pdf, name="letter_pdf"),
    path("<int:file_id>/decide/", decision.view, name="decide"),
    path("<int:file_id>/decide/take/", decision.take, name="decision_take"),
    path("decisions/<int:decision_id>/sign/", decision.sign, name="decision_sign"),
    path("decisions/<int:decision_id>/record.pdf", decision.record, name="decision_record"),
]
