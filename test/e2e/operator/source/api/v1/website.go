// Package v1 knows one host a site; what it can't say it keeps in an annotation.
package v1

import (
	"encoding/json"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/conversion"

	v2 "websites.example.com/operator/api/v2"
)

var GroupVersion = schema.GroupVersion{Group: "websites.example.com", Version: "v1"}

const moreHosts = "websites.example.com/more-hosts"

type WebsiteSpec struct {
	Host     string            `json:"host"`
	Pages    map[string]string `json:"pages,omitempty"`
	Replicas *int32            `json:"replicas,omitempty"`
}

type Website struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              WebsiteSpec      `json:"spec"`
	Status            v2.WebsiteStatus `json:"status,omitempty"`
}

func (w *Website) ConvertTo(hub conversion.Hub) error {
	to := hub.(*v2.Website)
	w.ObjectMeta.DeepCopyInto(&to.ObjectMeta)
	to.Spec = v2.WebsiteSpec{Hosts: []string{w.Spec.Host}, Pages: w.Spec.Pages, Replicas: w.Spec.Replicas}
	to.Status = w.Status
	text, ok := to.Annotations[moreHosts]
	if !ok {
		return nil
	}
	delete(to.Annotations, moreHosts)
	var more []string
	if err := json.Unmarshal([]byte(text), &more); err != nil {
		return err
	}
	to.Spec.Hosts = append(to.Spec.Hosts, more...)
	return nil
}

func (w *Website) ConvertFrom(hub conversion.Hub) error {
	from := hub.(*v2.Website)
	from.ObjectMeta.DeepCopyInto(&w.ObjectMeta)
	w.Spec = WebsiteSpec{Pages: from.Spec.Pages, Replicas: from.Spec.Replicas}
	w.Status = from.Status
	if len(from.Spec.Hosts) > 0 {
		w.Spec.Host = from.Spec.Hosts[0]
	}
	if len(from.Spec.Hosts) < 2 {
		return nil
	}
	more, err := json.Marshal(from.Spec.Hosts[1:])
	if err != nil {
		return err
	}
	if w.Annotations == nil {
		w.Annotations = map[string]string{}
	}
	w.Annotations[moreHosts] = string(more)
	return nil
}

func (w *Website) DeepCopyObject() runtime.Object {
	hub := &v2.Website{}
	out := &Website{TypeMeta: w.TypeMeta}
	if w.ConvertTo(hub) != nil || out.ConvertFrom(hub.DeepCopyObject().(*v2.Website)) != nil {
		panic("a website that can't be copied")
	}
	return out
}

func AddToScheme(scheme *runtime.Scheme) error {
	scheme.AddKnownTypes(GroupVersion, &Website{})
	metav1.AddToGroupVersion(scheme, GroupVersion)
	return nil
}
