"""A deployment of Kubernetes, and the service before it."""

from __future__ import annotations

import json

from modelyard.catalog.site.subject import Subject

LABEL = "Kubernetes"
HINT = "It asks for the memory that it is allowed with its samples, and may take twice as much."
ORDER = 40
STARTS = True


def write(subject: Subject) -> str:
    """Two documents for `kubectl apply -f`."""
    name = json.dumps(subject.name)
    return f"""\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
spec:
  selector:
    matchLabels: {{app: {name}}}
  template:
    metadata:
      labels: {{app: {name}}}
    spec:
      automountServiceAccountToken: false
      securityContext:
        runAsNonRoot: true
        seccompProfile: {{type: RuntimeDefault}}
      containers:
        - name: model
          image: {json.dumps(subject.pinned)}
          ports: [{{name: http, containerPort: 5000}}]
          securityContext:
            readOnlyRootFilesystem: true
            allowPrivilegeEscalation: false
            capabilities: {{drop: [ALL]}}
{_resources(subject)}\
          startupProbe:
            httpGet: {{path: /health/ready, port: http}}
            periodSeconds: 1
            failureThreshold: 120
          readinessProbe:
            httpGet: {{path: /health/ready, port: http}}
            periodSeconds: 5
          livenessProbe:
            httpGet: {{path: /health/live, port: http}}
            periodSeconds: 10
---
apiVersion: v1
kind: Service
metadata:
  name: {name}
spec:
  selector: {{app: {name}}}
  ports: [{{name: http, port: 80, targetPort: http}}]
"""


def _resources(subject: Subject) -> str:
    requests, limits = [], []
    if subject.memory:
        requests.append(f"memory: {subject.memory}M")
        limits.append(f"memory: {2 * subject.memory}M")
    if subject.variant == "gpu":
        limits.append("nvidia.com/gpu: 1")
    found = [(name, some) for name, some in (("requests", requests), ("limits", limits)) if some]
    if not found:
        return ""
    lines = "".join(f"            {name}: {{{', '.join(some)}}}\n" for name, some in found)
    return f"          resources:\n{lines}"
