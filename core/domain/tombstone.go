package domain

// Tombstone becomes the uploader of what stays when the uploader is removed. It is in no
// list of users, cannot be removed, and never logs in: no provider with its issuer is trusted.
var Tombstone = UserID{Subject: "removed", Issuer: "urn:eosc-perf:removed"}
