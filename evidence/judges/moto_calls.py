"""Makes one API call a resource of a CloudFormation template against moto, in one process. botocore checks each parameter: names, types, lengths, what is required.

python moto_calls.py TEMPLATE prints one JSON object: {"calls": n, "types": {type: n}, "findings": [text]}.
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
            method = getattr(self, resource["Type"].replace("::", "_"), None)
            if method is None:
                raise LookupError(f"no call is known for {resource['Type']}")
            self.made[name] = None
            self.made[name] = method(name, self.resolve(resource.get("Properties", {})))
        return self.made[name] or {"Ref": name, "Arn": f"arn:aws:latchkey:::{name}"}

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

    # API Gateway

    def AWS_ApiGateway_RestApi(self, _, properties):
        configuration = lowered(properties.get("EndpointConfiguration", {}))
        made = self.client("apigateway").create_rest_api(**{**lowered(properties), "endpointConfiguration": configuration})
        return {"Ref": made["id"], "RootResourceId": made["rootResourceId"]}

    def AWS_ApiGateway_Account(self, name, properties):
        change = {"op": "replace", "path": "/cloudwatchRoleArn", "value": properties["CloudWatchRoleArn"]}
        self.client("apigateway").update_account(patchOperations=[change])
        return {"Ref": name}

    def AWS_ApiGateway_Resource(self, _, properties):
        return {"Ref": self.client("apigateway").create_resource(**lowered(properties))["id"]}

    def AWS_ApiGateway_Model(self, name, properties):
        properties = {"Name": name, **properties, "Schema": json.dumps(properties["Schema"])}
        return {"Ref": self.client("apigateway").create_model(**lowered(properties))["name"]}

    def AWS_ApiGateway_RequestValidator(self, name, properties):
        return {"Ref": self.client("apigateway").create_request_validator(name=name, **lowered(properties))["id"]}

    def AWS_ApiGateway_GatewayResponse(self, name, properties):
        self.client("apigateway").put_gateway_response(**lowered(properties))
        return {"Ref": name}

    def AWS_ApiGateway_Method(self, name, properties):
        gateway, integration = self.client("apigateway"), properties.get("Integration", {})
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
        return {"Ref": name}

    def AWS_ApiGateway_Deployment(self, name, properties):
        for dependency in self.template["Resources"][name].get("DependsOn", []):
            self.make(dependency)
        return {"Ref": self.client("apigateway").create_deployment(**lowered(properties))["id"]}

    def AWS_ApiGateway_Stage(self, _, properties):
        gateway = self.client("apigateway")
        settings = ("AccessLogSetting", "MethodSettings")
        made = gateway.create_stage(**lowered(without(properties, *settings)))
        names = {"DataTraceEnabled": "logging/dataTrace", "LoggingLevel": "logging/loglevel", "ThrottlingBurstLimit": "throttling/burstLimit", "ThrottlingRateLimit": "throttling/rateLimit"}
        changes = [(f"/accessLogSettings/{key[0].lower()}{key[1:]}", value) for key, value in properties.get("AccessLogSetting", {}).items()]
        for method in properties.get("MethodSettings", []):
            at = f"/{method['ResourcePath'].strip('/').replace('/', '~1') or '*'}/{method['HttpMethod']}"
            at = "/*/*" if method["ResourcePath"] == "/*" else at
            changes += [(f"{at}/{names[key]}", value) for key, value in method.items() if key not in ("HttpMethod", "ResourcePath")]
        operations = [{"op": "replace", "path": path, "value": str(value)} for path, value in changes]
        gateway.update_stage(restApiId=properties["RestApiId"], stageName=made["stageName"], patchOperations=operations)
        return {"Ref": made["stageName"]}

    # Functions, keys, data

    def AWS_Lambda_Function(self, name, properties):
        properties = {"FunctionName": name, **properties, "Code": {"ZipFile": archive()}}
        made = self.client("lambda").create_function(**properties)
        return {"Ref": made["FunctionName"], "Arn": made["FunctionArn"]}

    def AWS_Lambda_Permission(self, name, properties):
        self.client("lambda").add_permission(StatementId=name, **properties)
        return {"Ref": name}

    def AWS_IAM_Role(self, name, properties):
        iam, role = self.client("iam"), properties.get("RoleName", name)
        document = json.dumps(properties["AssumeRolePolicyDocument"])
        rest = without(properties, "AssumeRolePolicyDocument", "ManagedPolicyArns", "Policies", "RoleName")
        made = iam.create_role(RoleName=role, AssumeRolePolicyDocument=document, **rest)
        for policy in properties.get("Policies", []):
            iam.put_role_policy(RoleName=role, **{**policy, "PolicyDocument": json.dumps(policy["PolicyDocument"])})
        for arn in properties.get("ManagedPolicyArns", []):
            iam.attach_role_policy(RoleName=role, PolicyArn=arn)
        return {"Ref": role, "Arn": made["Role"]["Arn"]}

    def AWS_KMS_Key(self, _, properties):
        kms = self.client("kms")
        rest = without(properties, "KeyPolicy", "EnableKeyRotation")
        made = kms.create_key(Policy=json.dumps(properties["KeyPolicy"]), **rest)["KeyMetadata"]
        if properties.get("EnableKeyRotation"):
            kms.enable_key_rotation(KeyId=made["KeyId"])
        return {"Ref": made["KeyId"], "Arn": made["Arn"]}

    def AWS_DynamoDB_GlobalTable(self, name, properties):
        dynamodb, [replica] = self.client("dynamodb"), properties["Replicas"]
        own = without(properties, "Replicas", "TimeToLiveSpecification")
        there = without(replica, "Region", "PointInTimeRecoverySpecification")
        made = dynamodb.create_table(TableName=name, **{"DeletionProtectionEnabled": False, **own, **there})
        if "TimeToLiveSpecification" in properties:
            dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=properties["TimeToLiveSpecification"])
        if "PointInTimeRecoverySpecification" in replica:
            dynamodb.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=replica["PointInTimeRecoverySpecification"])
        return {"Ref": name, "Arn": made["TableDescription"]["TableArn"]}

    def AWS_SecretsManager_Secret(self, name, properties):
        secrets = self.client("secretsmanager")
        value = secrets.get_random_password(**properties["GenerateSecretString"])["RandomPassword"]
        made = secrets.create_secret(Name=name, SecretString=value, **without(properties, "GenerateSecretString"))
        return {"Ref": made["ARN"]}

    def AWS_SQS_Queue(self, name, properties):
        sqs = self.client("sqs")
        attributes = {key: str(value).lower() if isinstance(value, bool) else str(value) for key, value in properties.items()}
        url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        return {"Ref": url, "Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}", "QueueName": name}

    def AWS_SQS_QueuePolicy(self, name, properties):
        for url in properties["Queues"]:
            self.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(properties["PolicyDocument"])})
        return {"Ref": name}

    # What watches

    def AWS_Logs_LogGroup(self, name, properties):
        logs, group = self.client("logs"), properties.get("LogGroupName", name)
        logs.create_log_group(logGroupName=group, **lowered(without(properties, "LogGroupName", "RetentionInDays")))
        logs.put_retention_policy(logGroupName=group, retentionInDays=properties["RetentionInDays"])
        return {"Ref": group, "Arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}:*"}

    def AWS_Logs_QueryDefinition(self, _, properties):
        return {"Ref": self.client("logs").put_query_definition(**lowered(properties))["queryDefinitionId"]}

    def AWS_CloudWatch_Alarm(self, name, properties):
        alarm = {"AlarmName": name, **properties}
        self.client("cloudwatch").put_metric_alarm(**alarm)
        return {"Ref": alarm["AlarmName"], "Arn": f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{alarm['AlarmName']}"}

    def AWS_CloudWatch_CompositeAlarm(self, name, properties):
        self.client("cloudwatch").put_composite_alarm(**properties)
        return {"Ref": name}

    def AWS_CloudWatch_Dashboard(self, name, properties):
        self.client("cloudwatch").put_dashboard(**{"DashboardName": name, **properties})
        return {"Ref": name}

    def AWS_CloudWatch_InsightRule(self, name, properties):
        rule = {**without(properties, "RuleBody"), "RuleDefinition": properties["RuleBody"]}
        self.client("cloudwatch").put_insight_rule(**rule)
        return {"Ref": name}

    def AWS_Events_Rule(self, name, properties):
        events = self.client("events")
        rest = without(properties, "EventPattern", "Targets")
        made = events.put_rule(Name=name, EventPattern=json.dumps(properties["EventPattern"]), **rest)
        events.put_targets(Rule=name, Targets=properties["Targets"])
        return {"Ref": name, "Arn": made["RuleArn"]}

    def AWS_SNS_Topic(self, name, properties):
        made = self.client("sns").create_topic(Name=name, Attributes=properties)
        return {"Ref": made["TopicArn"], "TopicName": name}

    def AWS_SNS_TopicPolicy(self, name, properties):
        for arn in properties["Topics"]:
            self.client("sns").set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=json.dumps(properties["PolicyDocument"]))
        return {"Ref": name}

    def AWS_SNS_Subscription(self, name, properties):
        self.client("sns").subscribe(**properties)
        return {"Ref": name}

    def AWS_WAFv2_WebACL(self, name, properties):
        made = self.client("wafv2").create_web_acl(Name=name, **properties)["Summary"]
        return {"Ref": made["Name"], "Arn": made["ARN"]}

    def AWS_WAFv2_WebACLAssociation(self, name, properties):
        self.client("wafv2").associate_web_acl(**properties)
        return {"Ref": name}

    def AWS_WAFv2_LoggingConfiguration(self, name, properties):
        self.client("wafv2").put_logging_configuration(LoggingConfiguration=properties)
        return {"Ref": name}


def judge(template):
    calls, findings, types = Calls(template), [], {}
    for name, resource in template["Resources"].items():
        try:
            calls.make(name)
            types[resource["Type"]] = types.get(resource["Type"], 0) + 1
        except Exception as fault:  # each kind of fault is a finding
            findings.append(f"{resource['Type']} {name}: {type(fault).__name__}: {fault}")
    return {"calls": sum(types.values()), "types": types, "findings": findings}


for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
    os.environ[variable] = "testing"
with open(sys.argv[1], encoding="utf-8") as file, mock_aws(config={"lambda": {"use_docker": False}, "iam": {"load_aws_managed_policies": True}}):
    print(json.dumps(judge(json.load(file)), indent=1))
