#!/usr/bin/env python3
"""Takes one HTTP request and prints it as a signing vector.

Usage: record.py NAME REGION ACCESS_KEY SECRET_KEY PORT_FILE     listens on 127.0.0.1, writes its port to PORT_FILE
       record.py --join FILE...                                  prints the vectors of several files as one list
"""
import http.server
import json
import os
import sys


def show(vectors):
    json.dump(vectors, sys.stdout, ensure_ascii=False, indent=1)
    print()


def record(name, region, access_key, secret_key, port_file):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            show({
                "name": name,
                "signer": "curl",
                "region": region,
                "access_key": access_key,
                "secret_key": secret_key,
                "x_osc_date": self.headers["X-Osc-Date"],
                "host": self.headers["Host"],
                "path": self.path,
                "content_type": self.headers["Content-Type"],
                "body": body.decode("utf-8"),
                "authorization": self.headers["Authorization"],
            })
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        # Renamed into place: the reader never sees half a number.
        with open(port_file + ".new", "w", encoding="ascii") as file:
            file.write(str(server.server_port))
        os.rename(port_file + ".new", port_file)
        server.handle_request()


def main():
    if sys.argv[1:2] == ["--join"]:
        vectors = []
        for path in sys.argv[2:]:
            with open(path, encoding="utf-8") as file:
                vectors.append(json.load(file))
        show(vectors)
    else:
        record(*sys.argv[1:])


main()
