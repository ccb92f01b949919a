"""Signs each request of schemathesis to a server route by botocore, with the credentials of the local system."""

import requests
import schemathesis
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

SIGNER = SigV4Auth(Credentials("local", "local"), "execute-api", "eu-west-2")


class Signature(requests.auth.AuthBase):
    def __call__(self, request):
        signed = AWSRequest(request.method, request.url, data=request.body)
        SIGNER.add_auth(signed)
        request.headers.update(dict(signed.headers))
        return request


schemathesis.auth.set_from_requests(Signature()).apply_to(path_regex="^/v1/server/")
