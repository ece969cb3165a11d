package domain

import "slices"

// Right is the right that an operation demands of its caller. No caller has the zero value.
type Right int

// The rights. Each demands more than the one before it.
const (
	// Public: everybody. A token, even a bad one, is ignored.
	Public Right = iota + 1
	// Token: a person with a valid token, registered or not.
	Token
	// Registered: a registered person.
	Registered
	// Owner: the registered person to whom the resource belongs. Caller.MayOn decides.
	Owner
	// OwnerOrAdmin: the registered person to whom the resource belongs,
	// administrators and the operator. Caller.MayOn decides.
	OwnerOrAdmin
	// Admin: administrators and the operator.
	Admin
	// OperatorOnly: the operator at the command line. An administrator over HTTP
	// does not have this right.
	OperatorOnly
)

// The answers to callers who lack a right.
var (
	ErrNotRegistered    = Forbiddenf("User not registered")
	ErrNotAdministrator = Forbiddenf("This operation needs an administrator")
	ErrBlocked          = Forbiddenf("User is blocked by the operators of this service")

	errNotOwner        = Forbiddenf("This operation is for the uploader of the result")
	errNotOwnerOrAdmin = Forbiddenf("This operation is for the uploader of the result and for administrators")
	errNotOperator     = Forbiddenf("This operation is for the operator at the command line")
)

// Operation is a use case with its right. Clients and logs name the operation by its ID.
type Operation struct {
	ID    string
	Right Right
}

// StoresIdentity is true if the operation stores data of the identity provider about the
// caller. Such an operation needs a new answer of the provider, not a cached one.
func (o Operation) StoresIdentity() bool { return o == RegisterSelf || o == UpdateSelf }

// Operations returns the whole table of rights, in its order.
func Operations() []Operation { return slices.Clone(operations) }

var operations []Operation

// newOperation adds a row to the table.
func newOperation(id string, right Right) Operation {
	row := Operation{ID: id, Right: right}
	operations = append(operations, row)
	return row
}

// The table of rights: the operations of the API. Adapters decide how an operation is
// served (methods, paths, forms); this table decides who may ask for it.
var (
	ListUsers       = newOperation("ListUsers", Admin)
	SearchUsers     = newOperation("SearchUsers", Admin)
	RemoveUsers     = newOperation("RemoveUsers", Admin)
	RegisterSelf    = newOperation("RegisterSelf", Token)
	GetSelf         = newOperation("GetSelf", Token)
	UpdateSelf      = newOperation("UpdateSelf", Registered)
	TryAdmin        = newOperation("TryAdmin", Admin)
	ListUserResults = newOperation("ListUserResults", Registered)
	ListUserClaims  = newOperation("ListUserClaims", Registered)

	ListBenchmarks   = newOperation("ListBenchmarks", Public)
	SearchBenchmarks = newOperation("SearchBenchmarks", Public)
	CreateBenchmark  = newOperation("CreateBenchmark", Registered)
	GetBenchmark     = newOperation("GetBenchmark", Public)
	UpdateBenchmark  = newOperation("UpdateBenchmark", Admin)
	DeleteBenchmark  = newOperation("DeleteBenchmark", Admin)
	ApproveBenchmark = newOperation("ApproveBenchmark", Admin)
	RejectBenchmark  = newOperation("RejectBenchmark", Admin)

	ListSites   = newOperation("ListSites", Public)
	SearchSites = newOperation("SearchSites", Public)
	CreateSite  = newOperation("CreateSite", Registered)
	GetSite     = newOperation("GetSite", Public)
	UpdateSite  = newOperation("UpdateSite", Admin)
	DeleteSite  = newOperation("DeleteSite", Admin)
	ApproveSite = newOperation("ApproveSite", Admin)
	RejectSite  = newOperation("RejectSite", Admin)

	ListFlavors   = newOperation("ListFlavors", Public)
	SearchFlavor  = newOperation("SearchFlavor", Public)
	AddFlavor     = newOperation("AddFlavor", Registered)
	GetFlavor     = newOperation("GetFlavor", Public)
	UpdateFlavor  = newOperation("UpdateFlavor", Admin)
	DeleteFlavor  = newOperation("DeleteFlavor", Admin)
	ApproveFlavor = newOperation("ApproveFlavor", Admin)
	RejectFlavor  = newOperation("RejectFlavor", Admin)
	GetFlavorSite = newOperation("GetFlavorSite", Public)

	ListTags  = newOperation("ListTags", Public)
	SearchTag = newOperation("SearchTag", Public)
	CreateTag = newOperation("CreateTag", Registered)
	GetTag    = newOperation("GetTag", Public)
	UpdateTag = newOperation("UpdateTag", Admin)
	DeleteTag = newOperation("DeleteTag", Admin)

	ListResults      = newOperation("ListResults", Public)
	SearchResults    = newOperation("SearchResults", Public)
	CreateResult     = newOperation("CreateResult", Registered)
	GetResult        = newOperation("GetResult", Public)
	DeleteResult     = newOperation("DeleteResult", Admin)
	ClaimReport      = newOperation("ClaimReport", Registered)
	UpdateResult     = newOperation("UpdateResult", OwnerOrAdmin)
	ListResultClaims = newOperation("ListResultClaims", OwnerOrAdmin)
	ResultUploader   = newOperation("ResultUploader", Admin)

	ListSubmits  = newOperation("ListSubmits", Admin)
	ListClaims   = newOperation("ListClaims", Admin)
	GetClaim     = newOperation("GetClaim", Admin)
	ApproveClaim = newOperation("ApproveClaim", Admin)
	RejectClaim  = newOperation("RejectClaim", Admin)

	ListPaths           = newOperation("ListPaths", Public)
	ExportResults       = newOperation("ExportResults", Public)
	ListMetrics         = newOperation("ListMetrics", Public)
	SetMetrics          = newOperation("SetMetrics", OwnerOrAdmin)
	CompareResults      = newOperation("CompareResults", Public)
	DistributionResults = newOperation("DistributionResults", Public)
	SeriesResults       = newOperation("SeriesResults", Public)
	TrendResults        = newOperation("TrendResults", Public)
	ValidateResult      = newOperation("ValidateResult", Public)
	UploadResults       = newOperation("UploadResults", Registered)
	WithdrawResult      = newOperation("WithdrawResult", OwnerOrAdmin)
	RestoreResult       = newOperation("RestoreResult", OwnerOrAdmin)
	CorrectResult       = newOperation("CorrectResult", Owner)

	GetBenchmarkHistory = newOperation("GetBenchmarkHistory", Public)
	GetSiteHistory      = newOperation("GetSiteHistory", Public)
	GetFlavorHistory    = newOperation("GetFlavorHistory", Public)
	GetResultHistory    = newOperation("GetResultHistory", Public)
	ListAuditEvents     = newOperation("ListAuditEvents", Admin)
)

// The table of rights, continued: what pages for browsers ask for beside the API.
var (
	ListUserSubmits = newOperation("ListUserSubmits", Registered)
	ShowClaim       = newOperation("ShowClaim", Registered)
	CheckBenchmark  = newOperation("CheckBenchmark", Registered)
	ShowDecision    = newOperation("ShowDecision", Admin)
	PreviewRemoval  = newOperation("PreviewRemoval", Admin)

	ListMails  = newOperation("ListMails", Admin)
	RetryMails = newOperation("RetryMails", Admin)

	ListOwnSessions = newOperation("ListOwnSessions", Token)
	EndOwnSessions  = newOperation("EndOwnSessions", Token)
)

// The table of rights, continued: the operator's jobs. They are no part of the API.
var (
	WriteBackup   = newOperation("WriteBackup", OperatorOnly)
	VerifyBackup  = newOperation("VerifyBackup", OperatorOnly)
	RestoreBackup = newOperation("RestoreBackup", OperatorOnly)

	CheckIntegrity  = newOperation("CheckIntegrity", OperatorOnly)
	RepairIntegrity = newOperation("RepairIntegrity", OperatorOnly)
	CheckDerived    = newOperation("CheckDerived", OperatorOnly)
	RepairDerived   = newOperation("RepairDerived", OperatorOnly)

	RevalidateResults = newOperation("RevalidateResults", OperatorOnly)
	RestoreResults    = newOperation("RestoreResults", OperatorOnly)
	PurgeResults      = newOperation("PurgeResults", OperatorOnly)
	FillDigests       = newOperation("FillDigests", OperatorOnly)
	ExplainResults    = newOperation("ExplainResults", OperatorOnly)

	ExportUser  = newOperation("ExportUser", OperatorOnly)
	BlockUser   = newOperation("BlockUser", OperatorOnly)
	UnblockUser = newOperation("UnblockUser", OperatorOnly)
	ListBlocks  = newOperation("ListBlocks", OperatorOnly)

	ListSessions   = newOperation("ListSessions", OperatorOnly)
	RevokeSessions = newOperation("RevokeSessions", OperatorOnly)

	VerifyAudit = newOperation("VerifyAudit", OperatorOnly)
	ExportAudit = newOperation("ExportAudit", OperatorOnly)
)

// blockedMay are the operations that are not public and that blocked people may ask for:
// they see what is stored of them.
var blockedMay = []Operation{
	GetSelf, ListUserResults, ListUserClaims, ListResultClaims, ListUserSubmits, ShowClaim, ListOwnSessions, EndOwnSessions,
}
