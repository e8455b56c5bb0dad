"""A task that waits for a person, from 3.1 on."""
from datetime import datetime

try:
    from airflow.providers.standard.operators.hitl import ApprovalOperator
    from airflow.sdk import DAG

    with DAG("deciding", schedule=None, start_date=datetime(2026, 1, 1), catchup=False) as dag:
        ApprovalOperator(task_id="approve", subject="Pay the ledger?", body="It comes to 42.")
except ImportError:
    # An older Airflow asks nobody.
    pass
