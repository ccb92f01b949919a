"""A back end in AWS: a user of IAM who may invoke the server routes and nothing else. botocore signs its requests.

python back_end.py URL ROUTES NUMBER reads the code from standard input. An answer that is not the documented one ends it with a fault.
"""

import json
import os
import sys

import boto3
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

url, routes, number = sys.argv[1:]
iam = boto3.client("iam", endpoint_url=os.environ["AWS_ENDPOINT_URL"])


def signer(name, allowed):
    iam.create_user(UserName=name)
    statement = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": allowed}
    iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return SigV4Auth(Credentials(key["AccessKeyId"], key["SecretAccessKey"]), "execute-api", os.environ["AWS_REGION"])


def ask(by, method, path="", body=None):
    request = AWSRequest(method, f"{url}/v1/server/verifications{path}", {"content-type": "application/json"}, body and json.dumps(body))
    if by:
        by.add_auth(request)
    answer = requests.request(method, request.url, data=request.body, headers=dict(request.headers))
    fields = answer.json() if answer.content else {}
    return answer.status_code, fields.get("code") or fields.get("result") or fields.get("status"), fields


def expect(expected, answer):
    assert answer[:2] == expected, f"{answer}, not {expected}"
    return answer[2]


own, other = signer("back-end", routes), signer("other", routes.replace("/v1/server/", "/v1/other/"))
asked = {"to": number, "knownNumber": True, "clientAddress": "203.0.113.9"}
expect((404, "route-not-found"), ask(None, "POST", body=asked))
# ministack refuses in its own words what API Gateway refuses as the template says.
expect((403, None), ask(other, "POST", body=asked))
path = "/" + expect((201, "pending"), ask(own, "POST", body=asked))["id"]
code = sys.stdin.readline().strip()
expect((200, "pending"), ask(own, "GET", path))
expect((200, "incorrect"), ask(own, "POST", f"{path}/check", {"code": f"{(int(code) + 1) % 10**6:06}"}))
assert expect((200, "approved"), ask(own, "POST", f"{path}/check", {"code": code}))["proof"]
expect((409, "verification-ended"), ask(own, "DELETE", path))
