"""Makes one API call a resource of a CloudFormation template against moto, in one process. botocore checks each parameter: names, types, lengths, what is required.

python moto_calls.py TEMPLATE prints one JSON object: {"calls": n, "findings": [text]}.
"""

import io
import json
import os
import re
import sys
import zipfile

import boto3
from moto import mock_aws

REGION, ACCOUNT = "eu-west-2", "123456789012"
PSEUDO = {"AWS::Region": REGION, "AWS::AccountId": ACCOUNT, "AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com", "AWS::StackName": "latchkey", "AWS::StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/latchkey/1"}


def archive():
    """A function's code. The template's own lies in a bucket of the CDK, which moto does not have."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as zipped:
        zipped.writestr("index.js", "")
    return file.getvalue()


def lowered(properties):
    """API Gateway's API writes names as the template does, but for the first letter."""
    return {name[0].lower() + name[1:]: value for name, value in properties.items()}


def without(properties, *names):
    return {name: value for name, value in properties.items() if name not in names}


def configured(properties):
    return {**lowered(properties), "endpointConfiguration": lowered(properties.get("EndpointConfiguration", {}))}


def rest_method(calls, _, properties):
    gateway, integration = calls.client("apigateway"), properties.get("Integration", {})
    gateway.put_method(**lowered(without(properties, "Integration", "MethodResponses")))
    at = {key: properties[key] for key in ("RestApiId", "ResourceId", "HttpMethod")}
    for response in properties.get("MethodResponses", []):
        gateway.put_method_response(**lowered({**at, **response}))
    parts = without(integration, "IntegrationResponses", "IntegrationHttpMethod")
    if "IntegrationHttpMethod" in integration:
        parts["integrationHttpMethod"] = integration["IntegrationHttpMethod"]
    gateway.put_integration(**lowered({**at, **parts}))
    for response in integration.get("IntegrationResponses", []):
        gateway.put_integration_response(**lowered({**at, **response}))


def deployment(calls, name, properties):
    for dependency in calls.template["Resources"][name].get("DependsOn", []):
        calls.make(dependency)
    return {"Ref": calls.client("apigateway").create_deployment(**lowered(properties))["id"]}


def role(calls, name, properties):
    iam, role_name = calls.client("iam"), properties.get("RoleName", name)
    rest = without(properties, "AssumeRolePolicyDocument", "ManagedPolicyArns", "Policies", "RoleName")
    made = iam.create_role(RoleName=role_name, AssumeRolePolicyDocument=json.dumps(properties["AssumeRolePolicyDocument"]), **rest)
    for policy in properties.get("Policies", []):
        iam.put_role_policy(RoleName=role_name, **{**policy, "PolicyDocument": json.dumps(policy["PolicyDocument"])})
    for arn in properties.get("ManagedPolicyArns", []):
        iam.attach_role_policy(RoleName=role_name, PolicyArn=arn)
    return {"Ref": role_name, "Arn": made["Role"]["Arn"]}


def key(calls, _, properties):
    kms, rest = calls.client("kms"), without(properties, "KeyPolicy", "EnableKeyRotation")
    made = kms.create_key(Policy=json.dumps(properties["KeyPolicy"]), **rest)["KeyMetadata"]
    if properties.get("EnableKeyRotation"):
        kms.enable_key_rotation(KeyId=made["KeyId"])
    return {"Ref": made["KeyId"], "Arn": made["Arn"]}


def table(calls, name, properties):
    dynamodb, [replica] = calls.client("dynamodb"), properties["Replicas"]
    own = without(properties, "Replicas", "TimeToLiveSpecification")
    there = without(replica, "Region", "PointInTimeRecoverySpecification")
    made = dynamodb.create_table(TableName=name, **{"DeletionProtectionEnabled": False, **own, **there})
    if "TimeToLiveSpecification" in properties:
        dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=properties["TimeToLiveSpecification"])
    if "PointInTimeRecoverySpecification" in replica:
        dynamodb.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=replica["PointInTimeRecoverySpecification"])
    return {"Ref": name, "Arn": made["TableDescription"]["TableArn"]}


def secret(calls, name, properties):
    secrets = calls.client("secretsmanager")
    value = secrets.get_random_password(**properties["GenerateSecretString"])["RandomPassword"]
    made = secrets.create_secret(Name=name, SecretString=value, **without(properties, "GenerateSecretString"))
    return {"Ref": made["ARN"]}


def queue(calls, name, properties):
    attributes = {key: str(value).lower() if isinstance(value, bool) else str(value) for key, value in properties.items()}
    url = calls.client("sqs").create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    return {"Ref": url, "Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}", "QueueName": name}


def log_group(calls, name, properties):
    logs, group = calls.client("logs"), properties.get("LogGroupName", name)
    logs.create_log_group(logGroupName=group, **lowered(without(properties, "LogGroupName", "RetentionInDays")))
    logs.put_retention_policy(logGroupName=group, retentionInDays=properties["RetentionInDays"])
    return {"Ref": group, "Arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}:*"}


def rule(calls, name, properties):
    events, own = calls.client("events"), properties.get("Name", name)
    rest = without(properties, "EventPattern", "Targets", "Name")
    made = events.put_rule(Name=own, EventPattern=json.dumps(properties["EventPattern"]), **rest)
    events.put_targets(Rule=own, Targets=properties["Targets"])
    return {"Ref": own, "Arn": made["RuleArn"]}


# The call of a type: service, operation, the parameter for the resource's own name, what is changed in its properties, what it returns.
CALLS = {
    "ApiGateway::RestApi": ("apigateway", "create_rest_api", None, configured, {"Ref": "id", "RootResourceId": "rootResourceId"}),
    "ApiGateway::Account": ("apigateway", "update_account", None, lambda properties: {"patchOperations": [{"op": "replace", "path": "/cloudwatchRoleArn", "value": properties["CloudWatchRoleArn"]}]}, {}),
    "ApiGateway::Resource": ("apigateway", "create_resource", None, lowered, {"Ref": "id"}),
    "ApiGateway::Model": ("apigateway", "create_model", "name", lambda properties: lowered({**properties, "Schema": json.dumps(properties["Schema"])}), {"Ref": "name"}),
    "ApiGateway::RequestValidator": ("apigateway", "create_request_validator", "name", lowered, {"Ref": "id"}),
    "ApiGateway::GatewayResponse": ("apigateway", "put_gateway_response", None, lowered, {}),
    "Lambda::Function": ("lambda", "create_function", "FunctionName", lambda properties: {**properties, "Code": {"ZipFile": archive()}}, {"Ref": "FunctionName", "Arn": "FunctionArn"}),
    "Lambda::Permission": ("lambda", "add_permission", "StatementId", dict, {}),
    "Logs::QueryDefinition": ("logs", "put_query_definition", None, lowered, {"Ref": "queryDefinitionId"}),
    "CloudWatch::Alarm": ("cloudwatch", "put_metric_alarm", "AlarmName", dict, {}),
    "CloudWatch::CompositeAlarm": ("cloudwatch", "put_composite_alarm", None, dict, {}),
    "CloudWatch::Dashboard": ("cloudwatch", "put_dashboard", "DashboardName", dict, {}),
    "CloudWatch::InsightRule": ("cloudwatch", "put_insight_rule", None, lambda properties: {**without(properties, "RuleBody"), "RuleDefinition": properties["RuleBody"]}, {}),
    "SNS::Topic": ("sns", "create_topic", "Name", lambda properties: {"Attributes": properties}, {"Ref": "TopicArn"}),
    "SNS::Subscription": ("sns", "subscribe", None, dict, {}),
    "WAFv2::WebACL": lambda calls, name, properties: {"Arn": calls.client("wafv2").create_web_acl(Name=name, **properties)["Summary"]["ARN"]},
    "WAFv2::WebACLAssociation": ("wafv2", "associate_web_acl", None, dict, {}),
    "WAFv2::LoggingConfiguration": ("wafv2", "put_logging_configuration", None, lambda properties: {"LoggingConfiguration": properties}, {}),
    "ApiGateway::Method": rest_method,
    "ApiGateway::Deployment": deployment,
    "ApiGateway::Stage": ("apigateway", "create_stage", None, lambda properties: lowered(without(properties, "AccessLogSetting", "MethodSettings")), {"Ref": "stageName"}),
    "IAM::Role": role,
    "KMS::Key": key,
    "DynamoDB::GlobalTable": table,
    "SecretsManager::Secret": secret,
    "SQS::Queue": queue,
    "SQS::QueuePolicy": lambda calls, _, properties: [calls.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(properties["PolicyDocument"])}) for url in properties["Queues"]],
    "SNS::TopicPolicy": lambda calls, _, properties: [calls.client("sns").set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=json.dumps(properties["PolicyDocument"])) for arn in properties["Topics"]],
    "Logs::LogGroup": log_group,
    "Events::Rule": rule,
}


class Calls:
    """The resources of one template, each made once, after those that it refers to."""

    def __init__(self, template):
        self.template, self.made = template, {}

    def client(self, service):
        return boto3.client(service, region_name=REGION)

    def make(self, name):
        """What `Ref` and `Fn::GetAtt` of a resource give."""
        if name not in self.made:
            resource = self.template["Resources"][name]
            self.made[name] = None
            self.made[name] = self.call(name, CALLS[resource["Type"].removeprefix("AWS::")], self.resolve(resource.get("Properties", {})))
        return {"Ref": name, "Arn": f"arn:aws:latchkey:::{name}", "TopicName": name, **(self.made[name] or {})}

    def call(self, name, row, properties):
        if callable(row):
            made = row(self, name, properties)
            return made if isinstance(made, dict) else {}
        service, operation, name_parameter, shape, returned = row
        named = {} if name_parameter is None else {name_parameter: name}
        made = getattr(self.client(service), operation)(**{**named, **shape(properties)})
        return {attribute: made[key] for attribute, key in returned.items()}

    def resolve(self, value):
        if isinstance(value, list):
            return [self.resolve(part) for part in value]
        if not isinstance(value, dict):
            return value
        if set(value) == {"Ref"}:
            parameter = self.template.get("Parameters", {}).get(value["Ref"], {}).get("Default")
            return PSEUDO.get(value["Ref"]) or parameter or self.make(value["Ref"])["Ref"]
        if set(value) == {"Fn::GetAtt"}:
            name, attribute = value["Fn::GetAtt"]
            return self.make(name).get(attribute, name)
        if set(value) == {"Fn::Join"}:
            separator, parts = value["Fn::Join"]
            return separator.join(str(part) for part in self.resolve(parts))
        if set(value) == {"Fn::Sub"}:
            return re.sub(r"\$\{([^}]+)\}", lambda found: PSEUDO[found[1]], value["Fn::Sub"])
        return {key: self.resolve(part) for key, part in value.items()}


def judge(template):
    calls, findings = Calls(template), []
    for name, resource in template["Resources"].items():
        try:
            calls.make(name)
        except Exception as fault:  # each kind of fault is a finding
            findings.append(f"{resource['Type']} {name}: {type(fault).__name__}: {fault}")
    return {"calls": len(template["Resources"]) - len(findings), "findings": findings}


for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
    os.environ[variable] = "testing"
with open(sys.argv[1], encoding="utf-8") as file, mock_aws(config={"lambda": {"use_docker": False}, "iam": {"load_aws_managed_policies": True}}):
    print(json.dumps(judge(json.load(file)), indent=1))
