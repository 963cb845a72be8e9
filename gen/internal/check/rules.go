// The list of rules. To add one, write a file with a variable of type rule, and add it here.

package check

// rules are applied in this order. For one node of the syntax, the order of findings and edges follows from it: if code
// of another module has several faults, the first is reported.
var rules = []rule{
	concurrencyRule,
	mapRangeRule,
	packageVarRule,
	builtinRule,
	callbackRule,
	printedRule,
	localTypeRule,
	contextValueRule,
	timeRule,
	receiverRule,
	reservedNameRule,
	operationRule,
	workflowRule,
	continueRule,
	interfaceRule,
	sourceRule,
	stubRule,
	externalNameRule,
	occurringRule,

	dependencyRule,
	loggerRule,
	findingRule,
	initializerRule,
	dispatchRule,
	deadBranchRule,
	plainCallRule, endedContextRule,
	directiveRule,
}
