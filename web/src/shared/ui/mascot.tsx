import icon from "./icon.svg";

/** The face of the product. Decorative: the name beside it says who it is. */
export const Mascot = ({ size, class: name = "" }: { size: number; class?: string }) => (
  <img class={`mascot ${name}`} src={icon} width={size} height={size} alt="" draggable={false} />
);
