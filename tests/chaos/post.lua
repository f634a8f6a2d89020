-- One message after the other, for wrk.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"room": "bench", "author": "somebody", "body": "A sentence of the usual length, said by somebody."}'
