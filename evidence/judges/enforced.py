"""`python enforced.py` is ministack with roles and key policies enforced (AUTH=true). It writes each decision into DECISIONS.

`python enforced.py URL PREFIX` prints, for the roles with this prefix, what they were denied and what they may and did not do, as lines.
"""

import fnmatch
import json
import os
import re
import sys

FILE = os.environ["DECISIONS"]


def changed(module, name, make):
    setattr(module, name, make(getattr(module, name)))


def serve():
    os.environ["AUTH"] = "true"
    from ministack import app
    from ministack.core import iam_evaluator, lambda_runtime
    from ministack.core.responses import get_account_id
    from ministack.services import cloudwatch_logs

    decisions = open(FILE, "a", buffering=1)

    def noted(enforce):
        def decide(key, action, service, region, resource_arn="*", **more):
            denied = enforce(key, action, service, region, resource_arn=resource_arn, **more)
            who = getattr(iam_evaluator.resolve_principal(key or "", get_account_id()), "arn", "")
            print(json.dumps([who.split("/")[1] if ":assumed-role/" in who else "", action, resource_arn, bool(denied)]), file=decisions)
            return denied

        return decide

    def as_in_aws(resolve):
        def value(key, context):
            who = context.principal_arn.split("/")
            if ":assumed-role/" not in context.principal_arn:
                return resolve(key, context)
            if key.lower() == "aws:principalarn":
                return f"arn:aws:iam::{context.principal_account}:role/{who[1]}"
            if key.lower() == "lambda:sourcefunctionarn":
                return f"arn:aws:lambda:{context.region}:{context.principal_account}:function:{who[2]}"
            return resolve(key, context)

        return value

    changed(iam_evaluator, "enforce", noted)
    # ministack gives the session for the role, and no function. Lambda adds the function to each call of its code.
    changed(iam_evaluator, "_resolve_condition_key", as_in_aws)
    # No TLS here: the bucket of the CDK refuses calls without it.
    changed(app, "pin_request_origin", lambda pin: lambda address, _: pin(address, True))
    # One alternative of a pattern is enough.
    changed(cloudwatch_logs, "_subscription_pattern_matches", lambda _: lambda pattern, line: any(f'"event":{name}' in line for name in re.findall(r'\$\.event = ("[^"]+")', pattern)))
    # Handlers may be `.cjs`.
    changed(lambda_runtime, "_NODEJS_WORKER_SCRIPT", lambda text: text.replace('fullPath + ".mjs"', 'fullPath + (fs.existsSync(fullPath + ".cjs") ? ".cjs" : ".mjs")'))
    app.main()


def report(url, prefix):
    import boto3

    iam = boto3.client("iam", endpoint_url=url)
    with open(FILE) as decisions:
        made = {tuple(json.loads(line)) for line in decisions}
    for role in sorted(role["RoleName"] for role in iam.list_roles()["Roles"] if role["RoleName"].startswith(prefix)):
        own = [(action, resource, denied) for who, action, resource, denied in made if who == role]
        for action, resource, _ in sorted(decision for decision in own if decision[2]):
            print(f"{role} lacks {action} on {resource}")
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
            for statement in iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]["Statement"]:
                resources, actions = ([value] if isinstance(value, str) else value for value in (statement["Resource"], statement["Action"]))
                for action, resource in ((action, resource) for action in actions for resource in resources):
                    if not any(used == action and fnmatch.fnmatchcase(on, resource) and not denied for used, on, denied in own):
                        print(f"{role} has {action} on {resource} unused")


report(*sys.argv[1:]) if len(sys.argv) > 1 else serve()
