"""Leases: one holder at a time, progress that never falls, a lost lease that writes nothing."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from core.errors import LeaseLost, WorkCancelled
from generation.jobs.leases import Lease, job_claim
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
    lease = Lease(GenerationJob.objects.get(pk=job.pk), "a")
    GenerationJob.objects.filter(pk=job.pk).update(lease_owner="b")
    with pytest.raises(LeaseLost):
        lease.update(progress=0.9)
    job.refresh_from_db()
    assert job.progress == 0.0


def test_progress_never_falls(creator, monkeypatch):
    monkeypatch.setattr("generation.jobs.leases._WRITE_EVERY_SECONDS", 0.0)
    job = factories.job(creator)
    job_claim(job.pk, "a")
    lease = Lease(GenerationJob.objects.get(pk=job.pk), "a")
    stage = job.stages.get(name="render")
    seen = []
    for done in (0.1, 0.5, 0.3, 0.9, 0.2, 1.0):
        lease.progress(stage, done, start=0.4, share=0.4)
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
    with Lease(job, "a") as lease:
        GenerationJob.objects.filter(pk=job.pk).update(cancel_requested=True)
        asked = time.monotonic()
        with pytest.raises(WorkCancelled):
            while time.monotonic() - asked < 3:
                lease.beat()
                time.sleep(0.01)
        assert time.monotonic() - asked < 2
