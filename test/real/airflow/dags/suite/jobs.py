"""The jobs of the conformance suite. Nothing here ever runs: the suite itself moves what it looks at."""
from datetime import datetime

try:
    from airflow.providers.standard.operators.empty import EmptyOperator
    from airflow.sdk import DAG
except ImportError:
    from airflow import DAG
    from airflow.operators.empty import EmptyOperator

for number in range(3):
    name = f"job_{number:03}"
    with DAG(name, schedule="0 2 * * *", start_date=datetime(2026, 1, 1), catchup=False) as dag:
        EmptyOperator(task_id="main")
    globals()[name] = dag
