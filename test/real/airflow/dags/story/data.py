"""One DAG writes a piece of data, and the other runs when it was written: datasets in 2.x, assets in 3.x."""
from datetime import datetime

try:
    from airflow.sdk import Asset, dag, task
except ImportError:
    from airflow.datasets import Dataset as Asset
    from airflow.decorators import dag, task

BEGIN = datetime(2026, 1, 1)
LEDGER = Asset("s3://ledger/daily")


@dag(schedule=None, start_date=BEGIN, catchup=False)
def writing():
    @task(outlets=[LEDGER])
    def write():
        return 1

    write()


@dag(schedule=[LEDGER], start_date=BEGIN, catchup=False)
def reading():
    @task
    def read():
        return 1

    read()


writing()
reading()
