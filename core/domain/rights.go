package domain

// Right is what an operation demands of its caller.
type Right int

// The rights, each including the one before it.
const (
	// Public: anybody; a token, even a bad one, is ignored.
	Public Right = iota
	// Token: a valid token, its bearer registered or not.
	Token
	// Registered: the token of a registered user.
	Registered
	// Admin: the token of a registered user with an admin's entitlement.
	Admin
)

// Check tells whether the caller of a valid token has the right; if not, the
// error is Forbidden.
func (r Right) Check(c Caller) error {
	if r >= Registered && c.User == nil {
		return Forbiddenf("User not registered")
	}
	if r >= Admin && !c.Admin {
		return Forbiddenf("This operation needs an administrator")
	}
	return nil
}

// CheckOwner tells whether the caller may change or see what belongs to a result:
// its uploader and administrators may. The error is Forbidden.
func CheckOwner(c Caller, uploader UserID) error {
	if c.Admin || c.User != nil && c.User.UserID == uploader {
		return nil
	}
	return Forbiddenf("This operation is for the uploader of the result and for administrators")
}

// Operation is something that a caller can ask for: its id, which clients and
// logs know it by, and the right that it demands.
type Operation struct {
	ID    string
	Right Right
}

// The operations of the API. What serves them (methods, paths, forms) is the
// business of the adapters; who may ask for them is decided here.
var (
	ListUsers       = Operation{"ListUsers", Admin}
	SearchUsers     = Operation{"SearchUsers", Admin}
	RemoveUsers     = Operation{"RemoveUsers", Admin}
	RegisterSelf    = Operation{"RegisterSelf", Token}
	GetSelf         = Operation{"GetSelf", Token}
	UpdateSelf      = Operation{"UpdateSelf", Registered}
	TryAdmin        = Operation{"TryAdmin", Admin}
	ListUserResults = Operation{"ListUserResults", Registered}
	ListUserClaims  = Operation{"ListUserClaims", Registered}

	ListBenchmarks   = Operation{"ListBenchmarks", Public}
	SearchBenchmarks = Operation{"SearchBenchmarks", Public}
	CreateBenchmark  = Operation{"CreateBenchmark", Registered}
	GetBenchmark     = Operation{"GetBenchmark", Public}
	UpdateBenchmark  = Operation{"UpdateBenchmark", Admin}
	DeleteBenchmark  = Operation{"DeleteBenchmark", Admin}
	ApproveBenchmark = Operation{"ApproveBenchmark", Admin}
	RejectBenchmark  = Operation{"RejectBenchmark", Admin}

	ListSites   = Operation{"ListSites", Public}
	SearchSites = Operation{"SearchSites", Public}
	CreateSite  = Operation{"CreateSite", Registered}
	GetSite     = Operation{"GetSite", Public}
	UpdateSite  = Operation{"UpdateSite", Admin}
	DeleteSite  = Operation{"DeleteSite", Admin}
	ApproveSite = Operation{"ApproveSite", Admin}
	RejectSite  = Operation{"RejectSite", Admin}

	ListFlavors   = Operation{"ListFlavors", Public}
	SearchFlavor  = Operation{"SearchFlavor", Public}
	AddFlavor     = Operation{"AddFlavor", Registered}
	GetFlavor     = Operation{"GetFlavor", Public}
	UpdateFlavor  = Operation{"UpdateFlavor", Admin}
	DeleteFlavor  = Operation{"DeleteFlavor", Admin}
	ApproveFlavor = Operation{"ApproveFlavor", Admin}
	RejectFlavor  = Operation{"RejectFlavor", Admin}
	GetFlavorSite = Operation{"GetFlavorSite", Public}

	ListTags  = Operation{"ListTags", Public}
	SearchTag = Operation{"SearchTag", Public}
	CreateTag = Operation{"CreateTag", Registered}
	GetTag    = Operation{"GetTag", Public}
	UpdateTag = Operation{"UpdateTag", Admin}
	DeleteTag = Operation{"DeleteTag", Admin}

	ListResults   = Operation{"ListResults", Public}
	SearchResults = Operation{"SearchResults", Public}
	CreateResult  = Operation{"CreateResult", Registered}
	GetResult     = Operation{"GetResult", Public}
	DeleteResult  = Operation{"DeleteResult", Admin}
	ClaimReport   = Operation{"ClaimReport", Registered}
	// UpdateResult and ListResultClaims are for owners and administrators: who
	// owns a result is known only once it was found, see CheckOwner.
	UpdateResult     = Operation{"UpdateResult", Registered}
	ListResultClaims = Operation{"ListResultClaims", Registered}
	ResultUploader   = Operation{"ResultUploader", Admin}

	ListSubmits  = Operation{"ListSubmits", Admin}
	ListClaims   = Operation{"ListClaims", Admin}
	GetClaim     = Operation{"GetClaim", Admin}
	ApproveClaim = Operation{"ApproveClaim", Admin}
	RejectClaim  = Operation{"RejectClaim", Admin}
)
