package tables

// IdempotencyKey is a key that a client gave a request, with the answer to the request.
type IdempotencyKey struct {
	// Name is the key as the client chose it.
	Name      string    `gorm:"type:text;primaryKey;not null"`
	CreatedAt Timestamp `gorm:"not null;autoCreateTime:false;index:idempotency_key_created_idx"`
	// Fingerprint is a hash of the request.
	Fingerprint string `gorm:"type:text;not null"`
	// The person who sent the request.
	UploaderSub string `gorm:"type:text;not null;index:idempotency_key_uploader_idx,priority:1"`
	UploaderIss string `gorm:"type:text;not null;index:idempotency_key_uploader_idx,priority:2"`
	Status      int    `gorm:"type:integer;not null"`
	// Location is the header of the answer, nil if it has none.
	Location *string `gorm:"type:text"`
	// Body is the answer's; nil if it was too long to be kept.
	Body *string `gorm:"type:text"`
}

// TableName implements GORM's Tabler.
func (IdempotencyKey) TableName() string { return "idempotency_key" }
