"""Leases: one holder at a time, progress that never falls, a lost lease that writes nothing."""

import errno
import threading
import time
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from core.errors import LeaseLost, WorkCancelled
from generation.errors import NarrationImpossible
from generation.jobs.progress import JobLease, job_claim
from generation.models import GenerationJob
from tests import factories

State = GenerationJob.State


def test_a_waiting_job_is_claimed_once(creator):
    job = factories.job(creator)
    assert job_claim(job.pk, "a")
    assert not job_claim(job.pk, "b")


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_exactly_one_gets_the_job():
    from tests.conftest import make_user

    job = factories.job(make_user("cora", "creator"))
    got, start = [], threading.Barrier(6)

    def worker(name):
        start.wait()
        got.append(job_claim(job.pk, name))
        connection.close()

    threads = [threading.Thread(target=worker, args=(f"w{i}",)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [False] * 5 + [True]


def test_a_running_job_is_taken_over_only_after_its_lease_ran_out(creator):
    job = factories.job(creator)
    job_claim(job.pk, "a")
    assert not job_claim(job.pk, "b")
    GenerationJob.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert job_claim(job.pk, "b")
    job.refresh_from_db()
    assert (job.lease_owner, job.attempts) == ("b", 2)


def test_a_worker_whose_lease_was_taken_writes_nothing(creator):
    job = factories.job(creator)
    job_claim(job.pk, "a")
    lease = JobLease(GenerationJob.objects.get(pk=job.pk), "a")
    GenerationJob.objects.filter(pk=job.pk).update(lease_owner="b")
    with pytest.raises(LeaseLost):
        lease.update(progress=0.9)
    job.refresh_from_db()
    assert job.progress == 0.0


def test_progress_never_falls(creator, monkeypatch):
    monkeypatch.setattr("core.leases.WRITE_EVERY_SECONDS", 0.0)
    job = factories.job(creator)
    job_claim(job.pk, "a")
    lease = JobLease(GenerationJob.objects.get(pk=job.pk), "a")
    stage = job.stages.get(name="render")
    seen = []
    for done in (0.1, 0.5, 0.3, 0.9, 0.2, 1.0):
        lease.stage_progress(stage, done, start=0.4, share=0.4)
        job.refresh_from_db()
        seen.append(job.progress)
    assert seen == sorted(seen)
    assert seen[-1] == pytest.approx(0.8)


@pytest.mark.django_db(transaction=True)
def test_a_cancel_reaches_the_working_thread_within_two_seconds():
    from tests.conftest import make_user

    job = factories.job(make_user("cora", "creator"))
    job_claim(job.pk, "a")
    job.refresh_from_db()
    with JobLease(job, "a") as lease:
        GenerationJob.objects.filter(pk=job.pk).update(cancel_requested=True)
        asked = time.monotonic()
        with pytest.raises(WorkCancelled):
            while time.monotonic() - asked < 3:
                lease.beat()
                time.sleep(0.01)
        assert time.monotonic() - asked < 2


def broken(error):
    def make():
        raise error

    return make


LADDER = [
    (LeaseLost("gone"), "running", "", ""),
    (WorkCancelled("stop"), "cancelled", "", ""),
    (NarrationImpossible("Nothing can be said."), "failed", "narration_impossible", "Nothing can be said."),
    (OSError(errno.ENOSPC, "No space"), "failed", "disk_full", "The disk is full. Start the job again"),
    (
        OSError(errno.EACCES, "Permission denied"),
        "failed",
        "file_error",
        "(Permission denied). Start the job",
    ),
    (ZeroDivisionError(), "failed", "internal_error", "start the job again or change the brief."),
]


@pytest.mark.parametrize(("error", "state", "code", "words"), LADDER)
def test_each_way_to_go_wrong_ends_a_job_in_its_state_with_code_and_sentence(
    creator, error, state, code, words
):
    job = factories.job(creator)
    job_claim(job.pk, "a")
    job.refresh_from_db()
    job.stages.filter(name="voice").update(state="running")
    assert JobLease(job, "a").work(broken(error)) is error
    job.refresh_from_db()
    assert (job.state, job.error_code) == (state, code)
    assert words in job.error
    left = {"failed": "failed", "cancelled": "waiting", "running": "running"}[state]
    assert job.stages.get(name="voice").state == left


def test_a_worker_that_is_told_to_go_leaves_its_job_to_the_next_one_at_once(creator):
    job = factories.job(creator)
    job_claim(job.pk, "a")
    job.refresh_from_db()
    with pytest.raises(KeyboardInterrupt):
        JobLease(job, "a").work(broken(KeyboardInterrupt()))
    assert job_claim(job.pk, "b")


@pytest.mark.django_db(transaction=True)
def test_the_heartbeat_renews_the_lease_and_outlives_a_busy_database(settings, monkeypatch):
    from tests.conftest import make_user

    settings.JOB_LEASE_SECONDS = 0.9
    job = factories.job(make_user("cora", "creator"))
    job_claim(job.pk, "a")
    job.refresh_from_db()
    monkeypatch.setattr(JobLease, "look_every_seconds", 0.05)
    real, refused = JobLease.own, []

    def busy(lease):
        if threading.current_thread() is not threading.main_thread() and not refused:
            refused.append(1)
            raise OperationalError("database is locked")
        return real(lease)

    monkeypatch.setattr(JobLease, "own", busy)
    lease = JobLease(job, "a")
    assert lease.work(lambda: time.sleep(1.5)) is None
    assert refused
    assert not job_claim(job.pk, "b")  # it would be free by now without a renewal
