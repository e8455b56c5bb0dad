/** A job's `config.xml`, in the XML 1.1 that Jenkins writes and with the secrets that stand in such files. */
import { CLASSES, type JobState } from "./state.ts";

export function configXml(job: JobState): string {
  const triggers = [
    ...(job.schedule === null
      ? []
      : [`<hudson.triggers.TimerTrigger><spec>${escaped(job.schedule)}</spec></hudson.triggers.TimerTrigger>`]),
    ...(job.upstream.length === 0
      ? []
      : [
          `<jenkins.triggers.ReverseBuildTrigger><spec></spec><upstreamProjects>${escaped(job.upstream.join(", "))}</upstreamProjects>` +
            "<threshold><name>SUCCESS</name><ordinal>0</ordinal></threshold></jenkins.triggers.ReverseBuildTrigger>",
        ]),
    "<hudson.triggers.SCMTrigger><spec>H/5 * * * *</spec></hudson.triggers.SCMTrigger>",
  ].join("\n");
  const [open, close, properties] =
    job.kind === "pipeline"
      ? [
          `<flow-definition plugin="workflow-job@1520.v56d65e3b_4566">`,
          "</flow-definition>",
          `<org.jenkinsci.plugins.workflow.job.properties.PipelineTriggersJobProperty><triggers>${triggers}</triggers>` +
            "</org.jenkinsci.plugins.workflow.job.properties.PipelineTriggersJobProperty>",
        ]
      : ["<project>", "</project>", ""];
  return `<?xml version='1.1' encoding='UTF-8'?>
<!-- ${CLASSES[job.kind]} -->
${open}
  <description>${escaped(job.description ?? "")}</description>
  <properties>${properties}</properties>
  <authToken>{AQAAABAAAAAQsecretOfTheJob}</authToken>
  <disabled>${job.disabled}</disabled>
  ${job.kind === "pipeline" ? "<definition><script><![CDATA[node { sh 'echo <spec>0 0 * * *</spec>' }]]></script></definition>" : `<triggers>${triggers}</triggers>`}
${close}
`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
