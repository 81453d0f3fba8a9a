package main

import (
	"context"
	"fmt"

	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	v2 "websites.example.com/operator/api/v2"
)

type defaulter struct{}

func (defaulter) Default(_ context.Context, site *v2.Website) error {
	if site.Spec.Replicas == nil {
		one := int32(1)
		site.Spec.Replicas = &one
	}
	if _, ok := site.Spec.Pages["index.html"]; !ok {
		if site.Spec.Pages == nil {
			site.Spec.Pages = map[string]string{}
		}
		site.Spec.Pages["index.html"] = "welcome to " + site.Name + "\n"
	}
	return nil
}

// One host belongs to one site, wherever it is.
type validator struct{ client.Reader }

func (v validator) check(ctx context.Context, site *v2.Website) (admission.Warnings, error) {
	var warnings admission.Warnings
	if *site.Spec.Replicas > 5 {
		warnings = append(warnings, fmt.Sprintf("%d replicas are a lot for a website", *site.Spec.Replicas))
	}
	var all v2.WebsiteList
	if err := v.List(ctx, &all); err != nil {
		return warnings, err
	}
	taken := map[string]string{}
	for _, other := range all.Items {
		if other.UID == site.UID && other.UID != "" || other.Namespace == site.Namespace && other.Name == site.Name {
			continue
		}
		for _, host := range other.Spec.Hosts {
			taken[host] = other.Namespace + "/" + other.Name
		}
	}
	for _, host := range site.Spec.Hosts {
		if owner, ok := taken[host]; ok {
			return warnings, fmt.Errorf("host %q belongs to the website %s", host, owner)
		}
	}
	return warnings, nil
}

func (v validator) ValidateCreate(ctx context.Context, site *v2.Website) (admission.Warnings, error) {
	return v.check(ctx, site)
}

func (v validator) ValidateUpdate(ctx context.Context, _, site *v2.Website) (admission.Warnings, error) {
	if site.DeletionTimestamp != nil {
		return nil, nil
	}
	return v.check(ctx, site)
}

func (v validator) ValidateDelete(_ context.Context, site *v2.Website) (admission.Warnings, error) {
	if site.Annotations["websites.example.com/protected"] == "true" {
		return nil, fmt.Errorf("the website is protected")
	}
	return nil, nil
}
