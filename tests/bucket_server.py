"""A bucket that speaks S3's language, on this machine alone: moto's server, one request at a time."""

from __future__ import annotations

import threading
import urllib.request
from contextlib import contextmanager


@contextmanager
def bucket_server():
    """Start the server with a bucket in it; give its URL and the variables by which the client finds it."""
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        def log(self, *_):
            pass

    # One after the other: it looks at a condition and writes in two steps, which a real one does in one.
    server = make_server("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    try:
        urllib.request.urlopen(urllib.request.Request(f"{address}/golden-runs", method="PUT")).close()
        yield (
            "s3://golden-runs",
            {
                "AWS_ENDPOINT_URL": address,
                "AWS_ALLOW_HTTP": "true",
                "AWS_REGION": "us-east-1",
                "AWS_ACCESS_KEY_ID": "golden",
                "AWS_SECRET_ACCESS_KEY": "hunter2",
            },
        )
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
