"""A file that Airflow cannot read."""
from airflow.no_such_module import nothing

nothing()
