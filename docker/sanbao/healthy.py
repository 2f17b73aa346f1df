"""healthy.py PART: whether Airflow counts this part of itself as healthy (for Docker's health checks).

Asks the API server, which reads the heartbeats: `airflow jobs check` would import Airflow for seconds,
each time.
"""

import json
import sys
from urllib.request import urlopen

with urlopen("http://airflow-api-server:8080/api/v2/monitor/health", timeout=5) as answer:
    sys.exit(json.load(answer)[sys.argv[1]]["status"] != "healthy")
