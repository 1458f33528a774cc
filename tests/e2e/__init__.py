"""The example and the pages in a real ``airflow standalone``, which is started once for all of these tests."""
