"""What the story needs: a DAG that succeeds, one that fails until it is told not to, a slow one, a mapped one, a paused one."""
import os
import time
from datetime import datetime

try:
    from airflow.sdk import dag, task
except ImportError:
    from airflow.decorators import dag, task

BEGIN = datetime(2026, 1, 1)
FOLDER = os.environ.get("TUTTI_STORY_FOLDER", "/tmp")


@dag(schedule=None, start_date=BEGIN, catchup=False, tags=["story"])
def succeeding():
    @task
    def extract(**context):
        print("extracting for", context["dag_run"].conf.get("date"))
        return {"rows": 3, "api_token": "never-to-be-shown", "of": context["dag_run"].conf.get("date")}

    @task
    def load(found):
        print("loading", found["rows"], "rows")
        return found["rows"] * 2

    load(extract())


@dag(schedule=None, start_date=BEGIN, catchup=False)
def failing():
    @task
    def prepare():
        return "ready"

    @task
    def transform(_):
        print("about to look for the marker")
        if not os.path.exists(os.path.join(FOLDER, "mended")):
            raise ValueError("the ledger is locked")

    @task
    def report(_):
        print("reported")

    report(transform(prepare()))


@dag(schedule=None, start_date=BEGIN, catchup=False)
def slow():
    @task
    def sleep():
        for second in range(600):
            print("second", second, flush=True)
            time.sleep(1)

    @task
    def afterwards(_):
        print("never reached when cancelled")

    afterwards(sleep())


@dag(schedule=None, start_date=BEGIN, catchup=False)
def mapped():
    @task
    def numbers():
        return list(range(3))

    @task
    def square(number):
        return number * number

    square.expand(number=numbers())


@dag(schedule="0 3 * * *", start_date=BEGIN, catchup=False, is_paused_upon_creation=True)
def paused():
    @task
    def never():
        pass

    never()


succeeding()
failing()
slow()
mapped()
paused()
