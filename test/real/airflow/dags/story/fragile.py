"""A file of two DAGs that Airflow can read until a marker says that it cannot."""
import os
from datetime import datetime

try:
    from airflow.sdk import dag, task
except ImportError:
    from airflow.decorators import dag, task

if os.path.exists(os.path.join(os.environ.get("TUTTI_STORY_FOLDER", "/tmp"), "broken")):
    raise RuntimeError("the deployment is half done")


def fragile(name):
    @dag(name, schedule=None, start_date=datetime(2026, 1, 1), catchup=False)
    def build():
        @task
        def work():
            pass

        work()

    return build()


first = fragile("fragile_one")
second = fragile("fragile_two")
