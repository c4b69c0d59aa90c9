"""The pages of creation; the API has its own addresses."""

from django.urls import path

from generation.views import about, account, create, editor, feed, jobs, library, overview, player, uploads, verify

urlpatterns = [
    path("", feed.feed, name="feed"),
    path("create/", create.create, name="create"),
    path("create/nearest", create.nearest, name="create-nearest"),
    path("voices/<str:voice>/preview", create.voice_sample, name="voice-preview"),
    path("pictures/<str:set_name>/<str:name>.png", about.picture, name="picture"),
    path("jobs/<int:pk>/", jobs.job, name="job"),
    path("jobs/<int:pk>/snapshot", jobs.snapshot, name="job-snapshot"),
    path("jobs/<int:pk>/events", jobs.events, name="job-events"),
    path("jobs/<int:pk>/cancel", jobs.cancel, name="job-cancel"),
    path("jobs/<int:pk>/retry", jobs.retry, name="job-retry"),
    path("jobs/<int:pk>/render", jobs.render_again, name="job-render"),
    path("jobs/<int:pk>/edit/", editor.editor, name="editor"),
    path("jobs/<int:pk>/edit/save", editor.save, name="editor-save"),
    path("jobs/<int:pk>/edit/undo", editor.undo, name="editor-undo"),
    path("jobs/<int:pk>/edit/pictures", editor.pictures, name="editor-pictures"),
    path("jobs/<int:pk>/edit/files", editor.files, name="editor-files"),
    path("jobs/<int:pk>/scenes/<str:scene>/narration", editor.narration, name="scene-narration"),
    path("library/", library.library, name="library"),
    path("videos/<int:pk>/", player.video, name="video"),
    path("videos/<int:pk>/details", player.details, name="video-details"),
    path("videos/<int:pk>/publish", player.publish, name="video-publish"),
    path("videos/<int:pk>/unpublish", player.unpublish, name="video-unpublish"),
    path("videos/<int:pk>/delete", player.delete, name="video-delete"),
    path("videos/<int:pk>/restore", player.restore, name="video-restore"),
    path("upload/", uploads.upload, name="upload"),
    path("upload/<int:pk>/", uploads.upload_row, name="upload-row"),
    path("upload/<int:pk>/video", uploads.to_video, name="upload-to-video"),
    path("upload/<int:pk>/delete", uploads.delete, name="upload-delete"),
    path("verify/", verify.verify_page, name="verify"),
    path("models/", about.models_page, name="models"),
    path("account/", account.account, name="account"),
    path("account/token", account.token, name="account-token"),
    path("dashboards/", overview.dashboards, name="dashboards"),
    path("moderation/", overview.moderation, name="moderation"),
]
