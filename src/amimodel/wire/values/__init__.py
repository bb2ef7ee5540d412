"""JSON for whatever the model holds, found in the annotations of its classes: worlds, requests, answers, refusals."""
