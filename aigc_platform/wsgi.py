"""The WSGI entry that the web server serves."""

import gc
import os
import sys

from django.core.wsgi import get_wsgi_application

# Requests run side by side in threads; BLAS threads on top would only wait for each other. Read when numpy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aigc_platform.settings")
application = get_wsgi_application()

from django.conf import settings  # noqa: E402

from recommender.catalogue import refresher  # noqa: E402
from recommender.training.production import holder  # noqa: E402, F401  (looks for the ranker whenever the catalogue is refreshed)

# A request that waits for a background thread's Python waits this long instead of 5 ms, each time it read the database.
sys.setswitchinterval(0.001)
# What is loaded by now stays: the collector need not walk through it again whenever a request has made many objects.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 50)
if settings.FEED_REFRESH_SECONDS:
    refresher.start()  # in the process that serves, so that the first page finds the catalogue read
